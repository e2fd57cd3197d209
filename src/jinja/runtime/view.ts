/** What Python computes from something else and shows by its name: `range(0, 3)`, `dict_keys(['a'])`. */
export class PyView extends Array<unknown> {
  pythonType = 'view'
  /** Of a range: its start, stop and step. */
  range: readonly [start: number, stop: number, step: number] | undefined
  static make(pythonType: string, items: Iterable<unknown>, range?: PyView['range']): PyView {
    const view = new PyView()
    for (const item of items) Array.prototype.push.call(view, item)
    return Object.assign(view, { pythonType, range })
  }
  /** How it prints, when that is not its name around its items. */
  get shown(): string | undefined {
    if (this.isLazy) return '<generator object>'
    if (!this.range) return undefined
    const [start, stop, step] = this.range
    return step === 1 ? `range(${start}, ${stop})` : `range(${start}, ${stop}, ${step})`
  }
  /** Python does not know whether anything will come of it, and takes it for something. */
  get isLazy(): boolean {
    return this.pythonType === 'generator'
  }
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }
}
