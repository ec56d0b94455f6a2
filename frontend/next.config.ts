import type { NextConfig } from 'next';

/** A static export in every deployment: the API serves it, or any host of static files does. */
const config: NextConfig = {
  output: 'export',
  images: { unoptimized: true },
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
};

export default config;
