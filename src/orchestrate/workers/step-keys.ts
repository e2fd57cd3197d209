export const stepOfAsset = (key: string) => `ts:${key}`
export const stepOfMultiAsset = (name: string) => `ts:multi:${name}`
/** Checks on what others make (a model, a stream) are a step of their own. */
export const stepOfChecks = (asset: string) => `ts:check:${asset}`

/** How the mark of what a step starts begins, whichever attempt it is. */
export const markOfStep = (runId: string, step: string): string => `${runId} ${encodeURIComponent(step)} `

/** The sensor that looks which version an asset has that others make. */
export const sensorOfObserved = (key: string): string => `observe_${key.replaceAll('/', '_')}`
