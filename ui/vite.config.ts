import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { fontLicences } from './licences.js'

export default defineConfig({
  root: import.meta.dirname,
  // The server says below which path the page is (src/server/base-path.ts).
  base: './',
  plugins: [react(), fontLicences(join(import.meta.dirname, '..'))],
  build: { outDir: '../dist/ui', assetsDir: '_ui', emptyOutDir: true, chunkSizeWarningLimit: 900 },
  server: { proxy: { '/api': 'http://localhost:3000' } },
})
