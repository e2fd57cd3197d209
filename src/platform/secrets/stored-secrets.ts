import { type Logger, type MillraceError, registerSecret, toMillraceError } from '../../base/index.js'
import {
  type NewSecrets,
  namedVariables,
  placeOfConnection,
  referencesIn,
  type UnreadableSecret,
  type Variables,
  variablesIn,
} from '../../extract-load/index.js'
import type { ConnectionEndStore, SealedSecret, SecretStore } from '../../orchestrate/index.js'
import type { KeptSecret, Project } from '../contract.js'
import { platformErrors } from '../errors.js'
import { keyVariable, type Sealer, sealer } from '../project/encryption-key.js'
import { hasStore, isStoreShared } from '../project/state-folder.js'
import { refuseName, refuseValue } from './secret-rules.js'

type Store = SecretStore & Pick<ConnectionEndStore, 'connectionEnds'>

interface StoredSecretsOptions {
  readonly project: Pick<Project, 'stateDir' | 'extractLoadDir' | 'metastoreUrl'>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly openStore: () => Promise<Store>
  readonly logger: Pick<Logger, 'warn'>
}

/** What files of connections are given. */
interface GivenToFiles {
  readonly variables: Variables
  /** Of what the store had then, for `hasNews`; undefined where nothing was asked of it. */
  readonly version: string | undefined
}

/** A store that does not answer within this tells no news. */
const newsWithinMs = 500

/**
 * The secrets that the store keeps for files of connections. The store is opened for them only where a connection names what the environment
 * does not have, or when one is to be kept.
 */
export class StoredSecrets {
  readonly #options: StoredSecretsOptions
  readonly #sealer: Sealer
  /** What files were given last: a store that is away for a moment takes nothing from them. */
  #last: Variables | undefined
  /** Whether the store was asked for news, and still has not answered. */
  #isLate = false

  constructor(options: StoredSecretsOptions) {
    this.#options = options
    this.#sealer = sealer(options.project, options.env)
  }

  /** What the files of connections name, with a default or without. Never throws: of what cannot be read it says why. */
  async forFiles(): Promise<GivenToFiles> {
    const { project, env } = this.#options
    const lacking = await namedVariables(project.extractLoadDir, (name) => env[name] !== undefined)
    const names = new Set(lacking.flatMap(({ references }) => references.map(({ name }) => name)))
    // A project that has no store yet has no secrets, and needs none for that.
    if (names.size === 0 || !(await this.#isThere())) return { variables: { env }, version: undefined }
    try {
      const store = await this.#options.openStore()
      const version = await store.secretsVersion()
      const variables = await this.#opened((await store.secrets()).filter(({ name }) => names.has(name)))
      this.#last = variables
      return { variables, version }
    } catch (thrown) {
      const why = unreachable(toMillraceError(thrown))
      const last = this.#last ?? { env }
      const unknown = [...names].filter((name) => last.env[name] === undefined && !last.unreadable?.has(name))
      const unreadable = new Map([...(last.unreadable ?? []), ...unknown.map((name) => [name, why(name)] as const)])
      // Whatever there is once the store answers is news.
      return { variables: { ...last, unreadable }, version: 'not looked at' }
    }
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
    return (await this.#isThere()) ? this.#opened(await (await this.#options.openStore()).secrets()) : { env }
  }

  /** The same with who names which: for whoever gives secrets their names. @throws as opening the store does */
  async forNaming(): Promise<Variables> {
    const store = (await this.#isThere()) ? await this.#options.openStore() : undefined
    const users = new Map<string, string[]>()
    for (const { place, references } of await this.#users(store))
      for (const { name } of references) users.set(name, [...(users.get(name) ?? []), place])
    return { ...(await this.all()), users }
  }

  /** Whether one that a connection may name was set or removed since. A store that is away, or takes its time, tells no news. */
  async hasNews({ version }: Pick<GivenToFiles, 'version'>): Promise<boolean> {
    if (version === undefined || this.#isLate) return false
    this.#isLate = true
    const asked = this.#version().finally(() => {
      this.#isLate = false
    })
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(version), newsWithinMs)
    })
    const found = await Promise.race([asked.catch(() => version), late])
    clearTimeout(timer)
    return found !== version
  }

  async #version(): Promise<string> {
    return (await this.#options.openStore()).secretsVersion({ patienceMs: newsWithinMs })
  }

  /** What there is of them, without what they say, and what is named, has no default, and is nowhere. */
  async list(): Promise<readonly KeptSecret[]> {
    const { env } = this.#options
    const store = (await this.#isThere()) ? await this.#options.openStore() : undefined
    const kept = (await store?.secrets()) ?? []
    const { unreadable } = await this.#opened(kept)
    const users = await this.#users(store)
    const usedBy = (wanted: string) =>
      users.filter(({ references }) => references.some(({ name }) => name === wanted)).map(({ user }) => user)
    const own = kept.map(
      ({ name, updatedAt, updatedBy }): KeptSecret => ({
        name,
        status: unreadable?.has(name) ? 'unreadable' : env[name] === undefined ? 'set' : 'overridden',
        updatedAt,
        updatedBy,
        usedBy: usedBy(name),
      }),
    )
    const needed = users.flatMap(({ references }) => references.filter(({ hasDefault }) => !hasDefault))
    const missing = [...new Set(needed.map(({ name }) => name))].filter(
      (name) => env[name] === undefined && !kept.some((one) => one.name === name),
    )
    return [...missing.sort().map((name): KeptSecret => ({ name, status: 'missing', usedBy: usedBy(name) })), ...own]
  }

  /** Who names which, and where. */
  async #users(store: Pick<ConnectionEndStore, 'connectionEnds'> | undefined) {
    const named = await namedVariables(this.#options.project.extractLoadDir)
    const ends = (await store?.connectionEnds())?.ends ?? []
    return [
      ...named.map(({ connection, references }) => ({
        user: { kind: 'connection' as const, name: connection },
        place: placeOfConnection(connection),
        references,
      })),
      ...ends.map(({ id, kind, name, config }) => ({
        user: { kind, name },
        place: placeOfEnd({ kind, id }),
        references: referencesIn(config),
      })),
    ]
  }

  /**
   * Sets all of them or none, in the place of what they were. Answers what is to be said about it.
   * @throws SECRET_INVALID, SECRET_KEY_DIFFERS
   */
  async set(values: NewSecrets, by: string | undefined): Promise<{ readonly warning?: string }> {
    for (const [name, value] of values) {
      refuseName(name)
      refuseValue(value)
    }
    const store = await this.#options.openStore()
    const warning = await this.#onlyReadableHere(values, () => store.secrets())
    const sealed = await this.#sealed(values, by)
    await store.keepSecrets(sealed.map((one) => ({ ...one, mayReplace: true })))
    return warning === undefined ? {} : { warning }
  }

  /** @throws SECRET_NOT_FOUND */
  async remove(name: string): Promise<void> {
    if ((await this.#isThere()) && (await (await this.#options.openStore()).removeSecret(name))) return
    throw platformErrors.create('SECRET_NOT_FOUND', {
      message: `No secret ${name} is kept.`,
      hint: '`millrace secrets` and the Settings page list them. What the environment has is changed there.',
    })
  }

  /**
   * Keeps secrets for the work that names them in a file: as they were before where it fails.
   * @param known what the names were chosen by: of these, some may get another value
   * @throws SECRET_TAKEN where somebody else kept one of a new name meanwhile; SECRET_INVALID, SECRET_KEY_DIFFERS
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
    const before = [...secrets.keys()].some(isKnown) ? await store.secrets() : []
    const warning = await this.#onlyReadableHere(secrets, () => store.secrets())
    const sealed = await this.#sealed(secrets, by)
    const taken = await store.keepSecrets(sealed.map((one) => ({ ...one, mayReplace: isKnown(one.name) })))
    if (taken.length > 0)
      throw platformErrors.create('SECRET_TAKEN', {
        message: `Somebody else kept a secret ${taken.join(', ')} at the same moment.`,
        hint: 'Nothing was written. Ask again: another name is found.',
      })
    if (warning !== undefined) this.#options.logger.warn(warning)
    try {
      return await work()
    } catch (error) {
      const former = new Map(before.map((one) => [one.name, one]))
      // Whoever set it again meanwhile is right.
      await store
        .takeBackSecrets(sealed.map(({ name, sealed: text }) => ({ name, sealed: text, former: former.get(name) })))
        .catch((failure: unknown) => {
          const names = [...secrets.keys()].join(', ')
          this.#options.logger.warn(`What was kept for it could not be taken back: ${names}`, { error: failure })
          if (error instanceof Error) error.cause ??= failure
        })
      throw error
    }
  }

  /**
   * What is to be said where this machine alone will be able to read them: the store is one for several, and the key is in a file here.
   * @throws SECRET_KEY_DIFFERS where others are kept there that cannot be read here: this machine is not the one that has the key
   */
  async #onlyReadableHere(
    secrets: NewSecrets,
    keptNow: () => Promise<readonly SealedSecret[]>,
  ): Promise<string | undefined> {
    if (this.#sealer.isShared || !(await isStoreShared(this.#options.project))) return undefined
    const { unreadable } = await this.#opened(
      (await keptNow()).filter(({ name }) => !secrets.has(name)),
      {},
    )
    const others = [...(unreadable?.keys() ?? [])]
    if (others.length > 0)
      throw platformErrors.create('SECRET_KEY_DIFFERS', {
        message: `This machine has another key than the one that the secrets in the store were encrypted with: it cannot read ${others.join(', ')}. What it encrypts now, the others could not read.`,
        hint: `Nothing was kept. Start Millrace with the ${keyVariable} that the other machines have. Where that is lost, give all of them a new one, and set or remove those secrets, one after the other: \`millrace secrets\`.`,
      })
    return `${[...secrets.keys()].join(', ')} can be read on this machine only: the store is shared, and the key that encrypts it is a file here. Give every machine of the project the same ${keyVariable}, and set it again.`
  }

  async #sealed(secrets: NewSecrets, by: string | undefined) {
    for (const value of secrets.values()) registerSecret(value)
    // One after the other: the first one may make the key.
    const sealed: Pick<SealedSecret, 'name' | 'sealed' | 'updatedBy'>[] = []
    for (const [name, value] of secrets)
      sealed.push({ name, sealed: await this.#sealer.seal(value, placeOf(name)), updatedBy: by })
    return sealed
  }

  #isThere(): Promise<boolean> {
    return hasStore(this.#options.project)
  }

  /** @param env what goes before them: those are left alone */
  async #opened(kept: readonly SealedSecret[], env = this.#options.env): Promise<Variables> {
    const values = new Map<string, string>()
    const unreadable = new Map<string, UnreadableSecret>()
    const wanted = kept.filter(({ name }) => env[name] === undefined)
    const open = wanted.length === 0 ? undefined : await this.#sealer.opener()
    for (const { name, sealed } of wanted) {
      try {
        const value = open?.(sealed, placeOf(name))
        if (value === undefined) unreadable.set(name, otherKey(name))
        else {
          registerSecret(value)
          values.set(name, value)
        }
      } catch (error) {
        unreadable.set(name, said(toMillraceError(error), name))
      }
    }
    return { env: { ...env, ...Object.fromEntries(values) }, stored: new Set(values.keys()), unreadable }
  }
}

/** What an end of connections is called among those who name secrets. */
export const placeOfEnd = ({ kind, id }: { readonly kind: string; readonly id: string }) => `${kind} ${id}`

/** Where a sealed text belongs. */
const placeOf = (name: string) => `secret ${name}`

const otherKey = (name: string): UnreadableSecret => ({
  reason: 'key',
  message: `The secret ${name} cannot be read here: it was encrypted with another key, or was damaged.`,
  hint: `Start Millrace with the ${keyVariable} by which it was set: the same on every machine of the project, as the file .millrace/encryption.key is only on the one that made it. Or set it anew: millrace secrets set ${name}`,
})

const said = ({ message, hint = '' }: MillraceError, name: string): UnreadableSecret => ({
  reason: 'key',
  message: `The secret ${name} cannot be read: ${message}`,
  hint,
})

const unreachable =
  (error: MillraceError) =>
  (name: string): UnreadableSecret => ({
    reason: 'away',
    message: `${name} is not set in the environment, and the secrets cannot be looked at: ${error.message}`,
    hint: error.hint ?? 'It is looked for again.',
  })
