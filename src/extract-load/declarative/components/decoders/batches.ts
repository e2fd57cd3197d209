/** Values that are handed on together: enough that handing on costs nothing, few enough for memory. */
export const batchSize = 2000
