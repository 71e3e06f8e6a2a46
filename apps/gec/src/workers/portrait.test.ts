import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { sharedAtelier } from '../test/atelier.ts';
import { pdfFile, picture, pngBomb } from './test-files.ts';

describe('a photograph of a person', () => {
  const portrait = (bytes: Buffer) => sharedAtelier().portrait([bytes], { side: 256 });

  it('comes out square and upright as a JPEG, without what the camera wrote', async () => {
    const withPlace = await picture()
      .withExif({ IFD0: { Artist: 'Appareil' }, IFD3: { GPSLatitudeRef: 'S' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    expect((await sharp(withPlace).metadata()).exif).toBeDefined();
    for (const file of [
      withPlace,
      await picture().png().toBuffer(),
      await picture().webp().toBuffer(),
      await picture().resize(20, 10).png().toBuffer(),
    ]) {
      const made = await portrait(file);
      const facts = await sharp(made).metadata();
      expect(facts).toMatchObject({ format: 'jpeg', width: 256, height: 256 });
      expect([facts.exif, facts.xmp, facts.icc, facts.orientation]).toEqual([
        undefined,
        undefined,
        undefined,
        undefined,
      ]);
    }
  });

  it('is refused when it is something else, broken or immense', async () => {
    const fails = async (bytes: Buffer) =>
      portrait(bytes).then(
        () => 'done',
        (error: { code?: string }) => error.code,
      );
    const jpeg = await picture().jpeg().toBuffer();
    expect(await fails(await pdfFile())).toBe('unsupported');
    expect(await fails(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'))).toBe('unsupported');
    expect(await fails(await picture().tiff().toBuffer())).toBe('unsupported');
    expect(await fails(jpeg.subarray(0, 200))).toBe('broken');
    expect(await fails(pngBomb(30_000, 30_000))).toBe('too-large-image');
  });
});
