import { failure } from '../../failure.js'

export const reductionUnknown = (stream: string, cause: Error) =>
  failure('MANIFEST_INVALID', {
    message: `The pages of stream \`${stream}\` are to be made smaller, and its retriever has no \`page_size_reduction\`.`,
    hint: 'Add one, or remove the action REDUCE_PAGE_SIZE.',
    failureType: 'config_error',
    cause,
  })

export const reductionTooLate = (stream: string, cause: Error) =>
  failure('MANIFEST_INVALID', {
    message: `A page of stream \`${stream}\` is to be made smaller when its first records were read: they would come twice.`,
    hint: "Put the action REDUCE_PAGE_SIZE into the error handler of the stream's own requester.",
    failureType: 'config_error',
    cause,
  })

export const splitUnknown = (stream: string, cause: Error) =>
  failure('MANIFEST_INVALID', {
    message: `The window of stream \`${stream}\` is to be split, and its retriever has no \`request_window_splitting\`.`,
    hint: 'Add one (its cursor needs a `cursor_granularity`), or remove the action SPLIT_REQUEST_WINDOW.',
    failureType: 'config_error',
    cause,
  })
