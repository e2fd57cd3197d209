/** How often something was done, by what it was. */
export class Counts {
  readonly all: Record<string, number> = {}

  add(what: string): void {
    this.all[what] = (this.all[what] ?? 0) + 1
  }
}
