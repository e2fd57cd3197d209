/** A property that is made when somebody first asks for it, and stays; it can be set as any other. */
export function defineLazily(target: object, name: string, make: () => unknown): void {
  let value: unknown
  Object.defineProperty(target, name, {
    get: () => {
      value ??= make()
      return value
    },
    set: (other: unknown) => {
      value = other
    },
    enumerable: true,
    configurable: true,
  })
}
