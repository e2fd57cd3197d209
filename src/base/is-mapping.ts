/** Whether a value is a mapping, as YAML and JSON have it: neither a list nor nothing. */
export const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
