/**
 * What the compiler knows of the project: its tables with their columns, its connections, its assets. Empty here; the file
 * that `millrace types` writes beside definitions.ts fills it in.
 */
// biome-ignore lint/suspicious/noEmptyInterface: a type alias could not be filled in from elsewhere
export interface ProjectTypes {}
