import { forgetSecrets } from '../../src/base/index.js'

// Runs before every file of tests: they share a process, and with it what is hidden in all that is printed.
forgetSecrets()
