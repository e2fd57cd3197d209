import { didYouMean, readText, type SourceLocation } from '../../../base/index.js'
import { type Context, defineFunction, type JinjaEnvironment, str } from '../../../jinja/index.js'
import { holdsJinja } from '../../context/holds-jinja.js'
import type { ManifestResource } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import type { DbtPackage } from '../../project/dbt-project.js'
import type { Diagnostics } from './diagnostics.js'
import { packageFiles } from './files.js'

const docsBlocks = new Set(['docs'])
/** `{{ doc('name') }}`, `{{ doc('package', 'name') }}` */
const plainQuote = /\{\{-?\s*doc\(\s*(['"])([^'"]+)\1\s*(?:,\s*(['"])([^'"]+)\3\s*)?\)\s*-?\}\}/g

/** `{% docs name %}` blocks of Markdown files, and the texts that quote them. */
export class DocsBlocks {
  readonly #blocks = new Map<string, ManifestResource>()
  readonly #environment: JinjaEnvironment
  readonly #root: string
  #diagnostics: Diagnostics

  readonly #onRead: (key: string) => void

  /** @param onRead hears of every block that is asked for: `doc:shop:orders` */
  constructor(environment: JinjaEnvironment, root: string, diagnostics: Diagnostics, onRead: (key: string) => void) {
    this.#onRead = onRead
    this.#environment = environment
    this.#root = root
    this.#diagnostics = diagnostics
  }

  /** Where problems of descriptions go from now on. */
  reportTo(diagnostics: Diagnostics): void {
    this.#diagnostics = diagnostics
  }

  get all(): Iterable<ManifestResource> {
    return this.#blocks.values()
  }

  read(dbtPackage: DbtPackage): void {
    const kinds =
      dbtPackage.paths.docs.length > 0
        ? (['docs'] as const)
        : (['model', 'seed', 'snapshot', 'analysis', 'macro', 'test'] as const)
    for (const file of packageFiles(dbtPackage, kinds, /\.md$/i))
      this.#diagnostics.attempt(() => {
        const source = readText(file.path, file.original)
        for (const block of this.#environment.blocks({ name: file.original, source }, docsBlocks))
          this.#blocks.set(`${dbtPackage.name}.${block.name}`, {
            unique_id: `doc.${dbtPackage.name}.${block.name}`,
            resource_type: 'doc',
            name: block.name,
            package_name: dbtPackage.name,
            path: file.relative,
            original_file_path: file.original,
            block_contents: this.#rendered(block.body, { name: file.original, lineOffset: block.line - 1 }),
          })
      })
  }

  /** What a block says, as a template that knows no names: Jinja that is to be read stands between `{% raw %}`. */
  #rendered(source: string, place: { readonly name: string; readonly lineOffset: number }): string {
    if (!holdsJinja(source)) return source.trim()
    return this.#environment
      .compile({ ...place, source })
      .renderSync({ get: () => undefined })
      .trim()
  }

  /**
   * The description with its `doc()` calls filled in, and the ids of the blocks it quotes, as far as that is plain to see:
   * by name, and as they are. One that cannot be rendered is reported and stays as it is: nothing else depends on it.
   */
  describe(
    text: unknown,
    packageName: string,
    placeOf: () => SourceLocation,
    context?: Context,
  ): { readonly text: string; readonly blocks: string[] } {
    const source = typeof text === 'string' ? text : text === undefined || text === null ? '' : String(text)
    if (!holdsJinja(source)) return { text: source, blocks: [] }
    const at = placeOf()
    const doc = this.docFunction(packageName)
    const values: Context = { get: (name) => (name === 'doc' ? doc : context?.get(name)) }
    const template = { name: at.file, source, lineOffset: (at.line ?? 1) - 1 }
    const rendered = this.#diagnostics.attempt(() => this.#environment.compile(template).renderSync(values), at)
    return { text: rendered ?? source, blocks: this.#quoted(source, packageName) }
  }

  /** `doc('name')`, `doc('package', 'name')`: first the package's own blocks, then the root's, then any. */
  docFunction(packageName: string) {
    return defineFunction('doc', ['*args'], (args: unknown[]) => {
      const names = args.map((arg) => str(arg))
      this.#onRead(`doc:${packageName}:${names.join('.')}`)
      const found = this.#find(names, packageName)
      if (!found)
        throw transformErrors.create('TRANSFORM_DOC_NOT_FOUND', {
          message: `Documentation for '${names.join('.')}' not found.`,
          hint:
            didYouMean(
              names.at(-1) ?? '',
              [...this.#blocks.values()].map(({ name }) => name),
            ) ?? `Write {% docs ${names.at(-1)} %}…{% enddocs %} in a Markdown file of the project.`,
        })
      return String(found.block_contents)
    })
  }

  #quoted(source: string, packageName: string): string[] {
    const ids = [...source.matchAll(plainQuote)].flatMap(([, , first = '', , second]) => {
      const found = this.#find(second === undefined ? [first] : [first, second], packageName)
      return found ? [found.unique_id] : []
    })
    return [...new Set(ids)]
  }

  /** What a key of `onRead` leads to. */
  contentOf(packageName: string, names: string): string | undefined {
    const found = this.#find(names.split('.'), packageName)
    return found && `${found.unique_id} ${String(found.block_contents)}`
  }

  #find(names: readonly string[], packageName: string): ManifestResource | undefined {
    const [first = '', second] = names
    if (second !== undefined) return this.#blocks.get(`${first}.${second}`)
    return (
      this.#blocks.get(`${packageName}.${first}`) ??
      this.#blocks.get(`${this.#root}.${first}`) ??
      [...this.#blocks.values()].find(({ name }) => name === first)
    )
  }
}
