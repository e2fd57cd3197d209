/** How `return(value)` leaves a macro: thrown by the function, caught where the macro was called. */
export class ReturnValue {
  readonly value: unknown
  constructor(value: unknown) {
    this.value = value
  }
}
