import type { LeavesMacro } from '../../jinja/index.js'
import { transformErrors } from '../errors.js'

/** How `return(value)` leaves a macro: thrown by the function, caught where the macro was called. */
export class ReturnValue implements LeavesMacro {
  readonly value: unknown
  constructor(value: unknown) {
    this.value = value
  }

  outsideMacros(): Error {
    return transformErrors.create('TRANSFORM_COMPILE', {
      message: 'return() is called outside of a macro.',
      hint: 'Print the value where it is wanted, {{ value }}, or move the code into a macro below macros/.',
    })
  }
}
