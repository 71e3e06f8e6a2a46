/** Addresses of what a page loads, `/assets/…`. */
export interface Manifest {
  css: string;
  js: string[];
  /** Address of the icon of the site. */
  icon: string;
}

/** Types of `build-assets.mjs`, for the tests and tools written in TypeScript. */
export function buildAssets(options: {
  entry: string;
  css: string;
  outdir: string;
  minify: boolean;
}): Promise<Manifest>;
