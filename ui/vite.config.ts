import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [svelte()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // The window refuses inline code and data addresses, so everything stays a file of its own.
    assetsInlineLimit: 0,
    modulePreload: false,
    target: 'safari16',
  },
  server: {
    // The texts are shared with the Rust side and stand beside it.
    fs: { allow: ['..'] },
  },
});
