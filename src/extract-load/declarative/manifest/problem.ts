/** One thing that is wrong with a manifest. */
export interface Problem {
  readonly message: string
  /** Within the manifest as it was settled, or as it is written. */
  readonly path: readonly PropertyKey[]
  /** The component that this version does not have. */
  readonly unsupported?: string | undefined
  /** It is a class of Python, which something else can stand for. */
  readonly isPython?: boolean | undefined
}
