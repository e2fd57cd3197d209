/** A path of the REST API below `bigquery/v2`: names of projects, datasets and tables may have signs that a URL has no place for. */
export const bigQueryPath = (...parts: readonly string[]): string => parts.map(encodeURIComponent).join('/')
