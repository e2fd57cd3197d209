import { grouped } from '../../base/index.js'
/** `412 MB` */
export const megabytes = (bytes: number): string => `${grouped(Math.round(bytes / 1e6))} MB`
