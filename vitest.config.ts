import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.spec.ts', 'test/**/*.spec.ts', 'ui/**/*.spec.ts'],
    exclude: ['**/node_modules/**', 'dist/**', '**/.millrace/**'],
    // Two cores: more workers only fight over them, and the tests that start servers suffer first.
    maxWorkers: 2,
    // To load the modules anew for every file took longer than many a file itself. What a test changes of the process, it puts back.
    isolate: false,
    setupFiles: ['./test/support/forget-former-file.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: ['default', './test/support/summary-reporter.ts'],
  },
})
