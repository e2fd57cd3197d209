/** Times as manifests write them: the CDK's formats, ISO 8601 moments and durations. */
export { formatDatetime, parseDatetime, tryParseDatetime } from './datetime-format.js'
export { addDuration, type Duration, PyDuration, parseIsoDuration } from './duration.js'
export { isoParse, utcFromIso } from './iso-date.js'
