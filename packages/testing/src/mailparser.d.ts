// mailparser carries no types of its own; these are the parts that the SMTP sink uses.
declare module 'mailparser' {
  import type { Readable } from 'node:stream';

  export interface Attachment {
    filename?: string;
    contentType: string;
    content: Buffer;
    cid?: string;
  }

  export interface ParsedMail {
    subject?: string;
    text?: string;
    html: string | false;
    messageId?: string;
    headers: Map<string, unknown>;
    attachments: Attachment[];
  }

  export function simpleParser(source: Readable | Buffer | string): Promise<ParsedMail>;
}
