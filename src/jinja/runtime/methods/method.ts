import type { Kwargs } from '../callable.js'

/** A method of a Python value. What was not given is not in the arguments. */
export type Method<T> = (self: T, args: readonly unknown[], kwargs: Kwargs | null) => unknown
