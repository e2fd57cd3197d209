import { errorCatalogue } from '../base/index.js'

export const cliErrors = errorCatalogue({
  CLI_USAGE: { kind: 'user', retryable: false, summary: 'A command line is not understood.' },
  RUN_NOT_FOUND: { kind: 'user', retryable: false, summary: 'A run was named that does not exist.' },
})
