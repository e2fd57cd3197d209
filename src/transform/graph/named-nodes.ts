import type { ManifestNode, ManifestResource, ManifestSource } from '../contract.js'

export interface Reference {
  readonly name: string
  readonly package: string | null
  readonly version: string | number | null
}

/** What is there from before; see `NamedNodes.addKnown`. */
export interface KnownNodes {
  nodes(name: string): readonly ManifestNode[]
  sources(name: string): readonly ManifestSource[]
  readonly nodeNames: readonly string[]
  readonly sourceNames: readonly string[]
}

/**
 * What `ref()` and `source()` name. Where several packages use one name, the root project's comes first, then that of the
 * package that asks, then any other: a project may so replace what a package brought. With the flag
 * `require_ref_searches_node_package_before_root` a ref finds its own package's first. Parsing and running ask the same
 * rules, or a node would read another table than the graph says.
 */
export class NamedNodes {
  readonly #nodes = new Map<string, ManifestNode[]>()
  readonly #sources = new Map<string, ManifestSource[]>()
  readonly #root: string
  readonly #isOwnPackageFirst: boolean
  #known: KnownNodes | undefined

  constructor(root: string, flags: Readonly<Record<string, unknown>>) {
    this.#root = root
    this.#isOwnPackageFirst = flags.require_ref_searches_node_package_before_root === true
  }

  /** Nodes and sources that are only looked up when somebody asks for their names. */
  addKnown(known: KnownNodes): void {
    this.#known = known
  }

  #nodesOf(name: string): ManifestNode[] {
    const found = this.#nodes.get(name) ?? []
    return this.#known ? [...this.#known.nodes(name), ...found] : found
  }
  #sourcesOf(name: string): ManifestSource[] {
    const found = this.#sources.get(name) ?? []
    return this.#known ? [...this.#known.sources(name), ...found] : found
  }

  addNode(node: ManifestNode): void {
    add(this.#nodes, node.name, node)
  }
  addSource(source: ManifestSource): void {
    add(this.#sources, `${source.source_name}.${source.name}`, source)
  }

  nodesNamed(name: string): readonly ManifestNode[] {
    return this.#nodesOf(name)
  }
  get names(): readonly string[] {
    return [...(this.#known?.nodeNames ?? []), ...this.#nodes.keys()]
  }
  get sourceNames(): readonly string[] {
    return [...(this.#known?.sourceNames ?? []), ...this.#sources.keys()]
  }
  versionsOf(name: string): readonly (string | number)[] {
    return this.#nodesOf(name).flatMap(({ version }) => (version == null ? [] : [version]))
  }

  /** `from` is the package of the node that asks. Without a version, the latest one is meant. */
  node({ name, package: packageName, version }: Reference, from: string): ManifestNode | undefined {
    const fitting = this.#nodesOf(name).filter((node) =>
      version === null
        ? node.version == null || String(node.version) === String(node.latest_version)
        : String(node.version) === String(version),
    )
    const order = this.#isOwnPackageFirst ? [from, this.#root] : [this.#root, from]
    return packageName === null ? nearest(fitting, order) : fitting.find((node) => node.package_name === packageName)
  }

  source(sourceName: string, table: string, from: string): ManifestSource | undefined {
    return nearest(this.#sourcesOf(`${sourceName}.${table}`), [this.#root, from])
  }
}

/**
 * What `function()` and `metric()` name, alone or behind its package: by the rules of refs, the root project's first, then that of
 * the package that asks, then any other.
 */
export function resourceNamed(
  resources: Readonly<Record<string, ManifestResource>>,
  names: readonly string[],
  root: string,
  from: string,
): ManifestResource | undefined {
  const name = names.at(-1) ?? ''
  // A resource is only looked at when its id says that it is meant: those of a former parsing are still text.
  const all = Object.keys(resources).flatMap((id) => {
    const [, packageName = '', ...rest] = id.split('.')
    return rest.join('.') === name ? [{ id, package_name: packageName }] : []
  })
  const found = names.length > 1 ? all.find((one) => one.package_name === names[0]) : nearest(all, [root, from])
  return found && resources[found.id]
}

/** The first of the packages that has one; any other package's when none has. */
function nearest<T extends { readonly package_name: string }>(
  all: readonly T[],
  packages: readonly string[],
): T | undefined {
  // Nearly every name is one node's.
  if (all.length < 2) return all[0]
  const found = packages.flatMap((name) => all.filter((one) => one.package_name === name))
  return found[0] ?? all[0]
}

function add<T>(map: Map<string, T[]>, key: string, value: T): void {
  const all = map.get(key)
  if (all) all.push(value)
  else map.set(key, [value])
}
