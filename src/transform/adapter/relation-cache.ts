import { Semaphore } from '../../base/index.js'
import type { Warehouse } from '../../warehouse/index.js'
import { Relation, type RelationRules } from './relation.js'

const lower = (part: string | null) => (part ?? '').toLowerCase()
const placeOf = (database: string | null, schema: string | null) => `${lower(database)}\0${lower(schema)}`

/** What the warehouse holds, listed once per schema and kept up to date by the adapter's own changes. */
export class RelationCache {
  readonly #warehouse: Warehouse
  readonly #rules: RelationRules
  readonly #places = new Map<string, Map<string, Relation>>()
  readonly #listed = new Map<string, Promise<void>>()
  readonly #schemas = new Map<string, Promise<Set<string>>>()
  readonly #schemaChanges = new Semaphore(1)

  constructor(warehouse: Warehouse, rules: RelationRules) {
    this.#warehouse = warehouse
    this.#rules = rules
  }

  async get(database: string | null, schema: string, identifier: string): Promise<Relation | null> {
    await this.#list(database, schema)
    return this.known(database, schema, identifier)
  }

  async list(database: string | null, schema: string): Promise<Relation[]> {
    await this.#list(database, schema)
    return [...(this.#places.get(placeOf(database, schema))?.values() ?? [])]
  }

  /** What was listed or added before; asks nobody. */
  known(database: string | null, schema: string | null, identifier: string | null): Relation | null {
    return this.#places.get(placeOf(database, schema))?.get(lower(identifier)) ?? null
  }

  async hasSchema(database: string, schema: string): Promise<boolean> {
    let listing = this.#schemas.get(lower(database))
    if (!listing) {
      listing = this.#warehouse
        .listSchemas({ database })
        .then((names) => new Set(names.map((name) => name.toLowerCase())))
      this.#schemas.set(lower(database), listing)
      listing.catch(() => this.#schemas.delete(lower(database)))
    }
    return (await listing).has(lower(schema))
  }
  /** Makes a schema where it is missing. One at a time: two transactions that make the same one would collide. */
  async ensureSchema(database: string, schema: string, create: () => Promise<void>): Promise<void> {
    if (await this.hasSchema(database, schema)) return
    await this.#schemaChanges.run(async () => {
      if (await this.hasSchema(database, schema)) return
      await create()
      ;(await this.#schemas.get(lower(database)))?.add(lower(schema))
    })
  }
  /** Asks the warehouse anew which schemas there are. */
  forgetSchemas(database: string): void {
    this.#schemas.delete(lower(database))
  }
  dropSchema(database: string, schema: string): void {
    this.#schemas.delete(lower(database))
    this.#places.delete(placeOf(database, schema))
  }

  add(relation: Relation): void {
    const key = placeOf(relation.database, relation.schema)
    const place = this.#places.get(key) ?? new Map<string, Relation>()
    this.#places.set(key, place)
    place.set(lower(relation.identifier), relation)
  }
  remove(relation: Relation): void {
    this.#places.get(placeOf(relation.database, relation.schema))?.delete(lower(relation.identifier))
  }
  /** Forgets everything; the next question asks the warehouse. */
  clear(): void {
    this.#places.clear()
    this.#listed.clear()
    this.#schemas.clear()
  }

  #list(database: string | null, schema: string): Promise<void> {
    const key = placeOf(database, schema)
    let listing = this.#listed.get(key)
    if (!listing) {
      listing = this.#warehouse
        .listRelations({ ...(database === null ? {} : { database }), schemas: [schema] })
        .then((found) => {
          for (const { database, schema, identifier, type } of found)
            if (!this.known(database, schema, identifier))
              this.add(Relation.create(this.#rules, { database, schema, identifier, type }))
        })
      this.#listed.set(key, listing)
      listing.catch(() => this.#listed.delete(key))
    }
    return listing
  }
}
