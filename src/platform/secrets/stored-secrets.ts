import { type MillraceError, registerSecret, toMillraceError } from '../../base/index.js'
import { type NewSecrets, namedVariables, type Variables, variablesIn } from '../../extract-load/index.js'
import type { ConnectionEndStore, SealedSecret, SecretStore } from '../../orchestrate/index.js'
import type { KeptSecret, Project } from '../contract.js'
import { platformErrors } from '../errors.js'
import { keyVariable, type Sealer, sealer } from '../project/encryption-key.js'
import { hasStore } from '../project/state-folder.js'

interface StoredSecretsOptions {
  readonly project: Pick<Project, 'stateDir' | 'extractLoadDir' | 'metastoreUrl'>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly openStore: () => Promise<SecretStore & Pick<ConnectionEndStore, 'connectionEnds'>>
}

type Unreadable = NonNullable<Variables['unreadable']>

/**
 * The secrets that the store keeps for files of connections. The store is opened for them only where a connection names what the environment
 * does not have, or when one is to be kept.
 */
export class StoredSecrets {
  readonly #options: StoredSecretsOptions
  readonly #sealer: Sealer
  /** As the files of connections were last given them; undefined where nothing was asked of the store. */
  #seen: string | undefined
  /** What they were given then: a store that is away for a moment takes nothing from them. */
  #last: Variables | undefined

  constructor(options: StoredSecretsOptions) {
    this.#options = options
    this.#sealer = sealer(options.project, options.env)
  }

  /** What the files of connections name. Never throws: of what cannot be read it says why. */
  async forFiles(): Promise<Variables> {
    const { project, env } = this.#options
    const lacking = await namedVariables(project.extractLoadDir, (name) => env[name] !== undefined)
    const names = new Set(lacking.flatMap((one) => one.names))
    this.#seen = undefined
    if (names.size === 0) return { env }
    return this.#variables(names, (version) => {
      this.#seen = version
    })
  }

  /** What values name, and the files of connections too; the store is asked only for what the environment lacks. @throws as opening the store does */
  async namedIn(values: readonly unknown[], also?: 'and in files'): Promise<Variables> {
    const { project, env } = this.#options
    const isKnown = (name: string) => env[name] !== undefined
    const isWhole =
      variablesIn(values).every(isKnown) &&
      (!also || (await namedVariables(project.extractLoadDir, isKnown)).length === 0)
    return isWhole ? { env } : this.all()
  }

  /** The environment with all that is kept. @throws as opening the store does */
  async all(): Promise<Variables> {
    const { env } = this.#options
    return this.#isThere() ? this.#opened(await (await this.#options.openStore()).secrets()) : { env }
  }

  /** Whether one that a connection may name was set or removed since files were last given them. A store that is away tells no news. */
  async hasNews(): Promise<boolean> {
    const seen = this.#seen
    if (seen === undefined) return false
    try {
      return (await (await this.#options.openStore()).secretsVersion({ patienceMs: 500 })) !== seen
    } catch {
      return false
    }
  }

  /** What there is of them, without what they say, and what is named and nowhere. */
  async list(): Promise<readonly KeptSecret[]> {
    const { env } = this.#options
    const store = this.#isThere() ? await this.#options.openStore() : undefined
    const kept = (await store?.secrets()) ?? []
    const { unreadable } = await this.#opened(kept)
    const users = await this.#users(store)
    const usedBy = (name: string) => users.filter(({ names }) => names.includes(name)).map((one) => one.user)
    const own = kept.map(
      ({ name, updatedAt, updatedBy }): KeptSecret => ({
        name,
        status: unreadable?.has(name) ? 'unreadable' : env[name] === undefined ? 'set' : 'overridden',
        updatedAt,
        updatedBy,
        usedBy: usedBy(name),
      }),
    )
    const missing = [...new Set(users.flatMap(({ names }) => names))].filter(
      (name) => env[name] === undefined && !kept.some((one) => one.name === name),
    )
    return [...missing.sort().map((name): KeptSecret => ({ name, status: 'missing', usedBy: usedBy(name) })), ...own]
  }

  /** Who names which. */
  async #users(store: Pick<ConnectionEndStore, 'connectionEnds'> | undefined) {
    const named = await namedVariables(this.#options.project.extractLoadDir)
    const ends = (await store?.connectionEnds())?.ends ?? []
    return [
      ...named.map(({ connection, names }) => ({ user: { kind: 'connection' as const, name: connection }, names })),
      ...ends.map(({ kind, name, config }) => ({ user: { kind, name }, names: variablesIn(config) })),
    ]
  }

  /** Sets one, in the place of what it was. @throws SECRET_INVALID */
  async set(name: string, value: string, by: string | undefined): Promise<void> {
    refuseName(name)
    refuseValue(value)
    const store = await this.#options.openStore()
    await store.keepSecrets([{ ...(await this.#sealed(name, value, by)), mayReplace: true }])
  }

  /** @throws SECRET_NOT_FOUND */
  async remove(name: string): Promise<void> {
    if (this.#isThere() && (await (await this.#options.openStore()).removeSecret(name))) return
    throw platformErrors.create('SECRET_NOT_FOUND', {
      message: `No secret ${name} is kept.`,
      hint: '`millrace secrets` and the Settings page list them. What the environment has is changed there.',
    })
  }

  /**
   * Keeps secrets for the work that names them in a file: as they were before where it fails.
   * @param known what the names were chosen by: of these, some may get another value
   * @throws SECRET_TAKEN where somebody else kept one of a new name meanwhile
   */
  async keepFor<T>(
    secrets: NewSecrets,
    { known, by }: { readonly known: Variables; readonly by: string | undefined },
    work: () => Promise<T>,
  ): Promise<T> {
    if (secrets.size === 0) return work()
    for (const value of secrets.values()) refuseValue(value)
    const store = await this.#options.openStore()
    const isKnown = (name: string) => known.stored?.has(name) === true || known.unreadable?.has(name) === true
    const sealed = await Promise.all([...secrets].map(([name, value]) => this.#sealed(name, value, by)))
    const before = sealed.some(({ name }) => isKnown(name)) ? await store.secrets() : []
    const taken = await store.keepSecrets(sealed.map((one) => ({ ...one, mayReplace: isKnown(one.name) })))
    if (taken.length > 0)
      throw platformErrors.create('SECRET_TAKEN', {
        message: `Somebody else kept a secret ${taken.join(', ')} at the same moment.`,
        hint: 'Nothing was written. Ask again: another name is found.',
      })
    try {
      return await work()
    } catch (error) {
      await this.#takeBack(store, sealed, before)
      throw error
    }
  }

  async #takeBack(
    store: SecretStore,
    sealed: readonly Pick<SealedSecret, 'name' | 'sealed'>[],
    before: readonly SealedSecret[],
  ): Promise<void> {
    for (const { name, sealed: text } of sealed) {
      const former = before.find((one) => one.name === name)
      // Whoever set it again meanwhile is right.
      const wasOwn = await store.removeSecret(name, text)
      if (wasOwn && former) await store.keepSecrets([{ ...former, mayReplace: false }])
    }
  }

  async #sealed(name: string, value: string, by: string | undefined) {
    registerSecret(value)
    return { name, sealed: await this.#sealer.seal(value, placeOf(name)), updatedBy: by }
  }

  /** A project that has no store yet has no secrets, and needs none for that. */
  #isThere(): boolean {
    return hasStore(this.#options.project)
  }

  async #variables(names: ReadonlySet<string>, onVersion: (version: string) => void): Promise<Variables> {
    const { env, openStore } = this.#options
    if (!this.#isThere()) return { env }
    // Whatever there is once the store answers is news.
    onVersion('not looked at')
    try {
      const store = await openStore()
      const version = await store.secretsVersion()
      const opened = await this.#opened((await store.secrets()).filter(({ name }) => names.has(name)))
      onVersion(version)
      this.#last = opened
      return opened
    } catch (thrown) {
      const why = unreachable(toMillraceError(thrown))
      const last = this.#last ?? { env }
      const unknown = [...names].filter((name) => last.env[name] === undefined && !last.unreadable?.has(name))
      return {
        ...last,
        unreadable: new Map([...(last.unreadable ?? []), ...unknown.map((name) => [name, why(name)] as const)]),
      }
    }
  }

  async #opened(kept: readonly SealedSecret[]): Promise<Variables> {
    const { env } = this.#options
    const values = new Map<string, string>()
    const unreadable: Unreadable & Map<string, { message: string; hint: string }> = new Map()
    for (const { name, sealed } of kept) {
      if (env[name] !== undefined) continue
      const outcome = await this.#sealer.open(sealed, placeOf(name)).catch(toMillraceError)
      if (typeof outcome === 'string') {
        registerSecret(outcome)
        values.set(name, outcome)
      } else unreadable.set(name, outcome === undefined ? otherKey(name) : { ...said(outcome, name) })
    }
    return { env: { ...env, ...Object.fromEntries(values) }, stored: new Set(values.keys()), unreadable }
  }
}

/** Where a sealed text belongs. */
const placeOf = (name: string) => `secret ${name}`

const otherKey = (name: string) => ({
  message: `The secret ${name} cannot be read here: it was encrypted with another key, or was damaged.`,
  hint: `Start Millrace with the ${keyVariable} by which it was set: the same on every machine of the project, as the file .millrace/encryption.key is only on the one that made it. Or set it anew: millrace secrets set ${name}`,
})

const said = ({ message, hint = '' }: MillraceError, name: string) => ({
  message: `The secret ${name} cannot be read: ${message}`,
  hint,
})

const unreachable = (error: MillraceError) => (name: string) => ({
  message: `${name} is not set in the environment, and the secrets cannot be looked at: ${error.message}`,
  hint: error.hint ?? 'It is looked for again.',
})

/** @throws SECRET_INVALID */
function refuseName(name: string): void {
  if (/^[A-Za-z_][A-Za-z0-9_]{0,199}$/.test(name)) return
  throw platformErrors.create('SECRET_INVALID', {
    message: `\`${name.slice(0, 200)}\` cannot be the name of a secret.`,
    hint: 'Files of connections name it as they name a variable, ${SHOP_PASSWORD}: letters, digits and _, and no digit first.',
  })
}

/** Keys and certificates are texts of some kilobytes. */
const longestBytes = 100_000

/** @throws SECRET_INVALID */
function refuseValue(value: string): void {
  const problem =
    value === ''
      ? 'A secret that is empty is none.'
      : Buffer.byteLength(value) > longestBytes
        ? `A secret has ${longestBytes} bytes at the most.`
        : undefined
  if (problem === undefined) return
  throw platformErrors.create('SECRET_INVALID', { message: problem, hint: 'Nothing was kept.' })
}
