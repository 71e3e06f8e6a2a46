import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { controlFrame, FrameDecoder, type Frame } from './frames.ts';
import type { ToChild } from './protocol.ts';

/** The part of a pino logger that the atelier needs. */
export interface AtelierLogger {
  debug(details: object, message: string): void;
  warn(details: object, message: string): void;
}

/** How a child is started. */
export interface ChildSettings {
  /** Absolute path of the built child, or of its TypeScript source. */
  script: string;
  /** Resident memory (MB) above which a child is killed; half of it is the limit of its JavaScript heap. */
  memoryMb: number;
  /** Scheduling priority (0 normal, up to 19): exports give way to people. */
  nice: number;
  logger: AtelierLogger | undefined;
}

/** How often the memory of a working child is looked at (ms). */
const WATCH_MS = 200;
/** Lines of a child's error output that are logged, at most: a hostile file must not fill the log. */
const MAX_LOG_LINES = 50;

/**
 * Flags of the child's Node: a capped heap and the permission model. It may read its own code and packages, and nothing else:
 * no other file, no network, no process, no worker. Native add-ons are allowed for sharp.
 */
function nodeFlags(script: string, memoryMb: number): string[] {
  const fromSource = script.endsWith('.ts');
  const readable = [fromSource ? dirname(dirname(script)) : dirname(script)];
  for (let folder = dirname(script); ; folder = dirname(folder)) {
    const packages = join(folder, 'node_modules');
    // Where the packages are behind a link, the child asks for them by their real place.
    if (existsSync(packages)) readable.push(packages, realpathSync(packages));
    if (existsSync(join(folder, 'package.json'))) readable.push(join(folder, 'package.json'));
    // From source, the texts of the documents come from a package of this workspace behind a link.
    const core = join(packages, '@gec', 'core');
    if (fromSource && existsSync(core)) readable.push(realpathSync(core));
    if (dirname(folder) === folder) break;
  }
  return [
    `--max-old-space-size=${Math.floor(memoryMb / 2)}`,
    '--permission',
    '--allow-addons',
    '--disable-warning=PERM0001',
    ...readable.map((path) => `--allow-fs-read=${path}`),
  ];
}

/** Only what a program needs to run: no secret of the server's environment reaches a child. */
function bareEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'] ?? '', LANG: process.env['LANG'] ?? 'C.UTF-8' };
}

/** One child process of the atelier and the pipes to it. It knows frames and memory, not jobs. */
export class AtelierChild {
  /** Called with each frame that the child sends. */
  onFrame: (frame: Frame) => void = () => undefined;
  /** Called once when the child is gone, with a word for the log. */
  onExit: (reason: string) => void = () => undefined;
  /** Called when the child took more memory than it may; it is killed already. */
  onMemory: () => void = () => undefined;
  /** Jobs that it has done. */
  jobs = 0;
  /** Resolves when the process is gone. */
  readonly gone: Promise<void>;

  readonly #process: ChildProcess;
  readonly #settings: ChildSettings;
  #watch: NodeJS.Timeout | undefined;
  #gone = false;
  #resolveGone: () => void = () => undefined;
  #logged = 0;

  constructor(settings: ChildSettings) {
    this.#settings = settings;
    this.gone = new Promise((resolve) => (this.#resolveGone = resolve));
    this.#process = spawn(
      process.execPath,
      [...nodeFlags(settings.script, settings.memoryMb), settings.script],
      { env: bareEnvironment(), cwd: dirname(settings.script), stdio: 'pipe', windowsHide: true },
    );
    this.#lowerPriority();
    this.#listen();
  }

  /** Process id, or undefined where the child could not be started. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Sends a message; it is queued when the pipe is full. */
  send(message: ToChild): void {
    void this.write(controlFrame(message));
  }

  /** Writes encoded frames at once and resolves when the pipe takes more. A child that is gone swallows them. */
  async write(...frames: Uint8Array[]): Promise<void> {
    const stdin = this.#process.stdin;
    if (!stdin || this.#gone || !stdin.writable) return;
    stdin.cork();
    let more = true;
    for (const bytes of frames) more = stdin.write(bytes);
    stdin.uncork();
    if (more) return;
    await new Promise<void>((resolve) => {
      const go = () => {
        stdin.off('drain', go);
        stdin.off('close', go);
        resolve();
      };
      stdin.once('drain', go);
      stdin.once('close', go);
    });
  }

  /** Stops reading the child's answer until {@link resume}: whoever consumes it is slow. */
  pause(): void {
    this.#process.stdout?.pause();
  }

  resume(): void {
    this.#process.stdout?.resume();
  }

  /** A working child keeps the server alive and has its memory watched; an idle one does neither. */
  setBusy(busy: boolean): void {
    const handles = [this.#process, this.#process.stdin, this.#process.stdout, this.#process.stderr];
    for (const handle of handles) {
      if (handle instanceof Socket || handle === this.#process) {
        if (busy) handle.ref();
        else handle.unref();
      }
    }
    clearInterval(this.#watch);
    this.#watch = busy ? setInterval(() => void this.#watchMemory(), WATCH_MS).unref() : undefined;
  }

  /** Asks an idle child to leave: it ends with its input. */
  end(): void {
    this.#process.stdin?.end();
  }

  /** Kills the child at once. */
  kill(): void {
    if (!this.#gone) this.#process.kill('SIGKILL');
  }

  #lowerPriority(): void {
    const { pid } = this.#process;
    if (pid === undefined || this.#settings.nice === 0) return;
    try {
      setPriority(pid, this.#settings.nice);
    } catch (error) {
      this.#settings.logger?.debug({ err: error, pid }, 'atelier: priority not lowered');
    }
  }

  #listen(): void {
    const child = this.#process;
    const decoder = new FrameDecoder();
    child.stdout?.on('data', (chunk: Buffer) => {
      try {
        for (const frame of decoder.push(chunk)) this.onFrame(frame);
      } catch (error) {
        this.#settings.logger?.warn(
          { err: error, pid: child.pid },
          'atelier: child does not speak our protocol',
        );
        this.kill();
      }
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#log(text));
    // A child that dies under a write says so by its exit; the broken pipe itself is no news.
    child.stdin?.on('error', () => undefined);
    child.once('error', (error) => this.#leave(`not started: ${error.message}`));
    child.once('close', (code, signal) => this.#leave(signal ?? `code ${code ?? 'unknown'}`));
  }

  #leave(reason: string): void {
    if (this.#gone) return;
    this.#gone = true;
    clearInterval(this.#watch);
    this.onExit(reason);
    this.#resolveGone();
  }

  #log(text: string): void {
    for (const line of text.split('\n')) {
      if (line.trim() === '' || ++this.#logged > MAX_LOG_LINES) continue;
      this.#settings.logger?.debug({ pid: this.pid, line: line.slice(0, 300) }, 'atelier: child said');
    }
  }

  /** The heap limit does not see WebAssembly and native memory; the kernel's figure does (Linux only). */
  async #watchMemory(): Promise<void> {
    const status = await readFile(`/proc/${this.pid ?? 0}/status`, 'latin1').catch(() => '');
    const kilobytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0);
    if (this.#gone || kilobytes <= this.#settings.memoryMb * 1024) return;
    this.#settings.logger?.warn({ pid: this.pid, kilobytes }, 'atelier: child killed, too much memory');
    this.kill();
    this.onMemory();
  }
}
