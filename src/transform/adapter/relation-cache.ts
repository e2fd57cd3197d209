import { Semaphore } from '../../base/index.js'
import type { WarehouseCapabilities } from '../../warehouse/index.js'
import { transformErrors } from '../errors.js'
import { everyPart, Relation, type RelationRules, type RelationValues } from './relation.js'

const lower = (part: string | null) => (part ?? '').toLowerCase()
const placeOf = (database: string | null, schema: string | null) => `${lower(database)}\0${lower(schema)}`

/** Relations of a schema by their folded names; several where the warehouse tells `Orders` from `orders`. */
type Place = Map<string, Relation[]>

/** What the cache asks to learn what there is. */
export interface Listing {
  schemas(database: string): Promise<readonly string[]>
  relations(
    database: string | null,
    schema: string,
  ): Promise<readonly Pick<RelationValues, 'database' | 'schema' | 'identifier' | 'type' | 'format'>[]>
}

/** What the warehouse holds, listed once per schema and kept up to date by the adapter's own changes. */
export class RelationCache {
  readonly #listing: Listing
  readonly #folding: WarehouseCapabilities['identifierFolding']
  readonly #rules: RelationRules
  readonly #places = new Map<string, Place>()
  readonly #listed = new Map<string, Promise<void>>()
  readonly #schemas = new Map<string, Promise<Set<string>>>()
  readonly #schemaChanges = new Semaphore(1)
  /** Of how many `clear`s; what was asked for before one is no news behind it. */
  #generation = 0

  constructor(listing: Listing, folding: WarehouseCapabilities['identifierFolding'], rules: RelationRules) {
    this.#listing = listing
    this.#folding = folding
    this.#rules = rules
  }

  /** @throws TRANSFORM_COMPILE where the warehouse has one whose name differs by case, and tells them apart */
  async get(relation: Relation): Promise<Relation | null> {
    await this.#list(relation.database, relation.schema ?? '')
    return this.find(relation)
  }

  async list(database: string | null, schema: string): Promise<Relation[]> {
    await this.#list(database, schema)
    return [...(this.#places.get(placeOf(database, schema))?.values() ?? [])].flat()
  }

  /** As `get`, among what was listed or added before; asks nobody. */
  find(relation: Relation): Relation | null {
    const known = this.known(relation)
    const [alike] = known ? [] : this.#alike(relation)
    if (!alike) return known
    // To take it for the one that was asked for would drop what somebody else made.
    throw transformErrors.create('TRANSFORM_COMPILE', {
      message: `When searching for a relation, dbt found an approximate match. Instead of guessing \nwhich relation to use, dbt will move on. Please delete ${alike.render()}, or rename it to be less ambiguous.\nSearched for: ${relation.render()}\nFound: ${alike.render()}`,
      hint: 'The names differ by case. Give the model the alias or the schema as the warehouse writes it, or another one.',
    })
  }

  /** The relation of just this name, if it was listed or added before. */
  known(relation: Relation): Relation | null {
    return this.#alike(relation).find((other) => this.#isSame(other, relation)) ?? null
  }

  #alike({ database, schema, identifier }: Relation): readonly Relation[] {
    return this.#places.get(placeOf(database, schema))?.get(lower(identifier)) ?? []
  }
  #isSame(one: Relation, other: Relation): boolean {
    return (['schema', 'identifier'] as const).every((part) => this.#nameOf(one, part) === this.#nameOf(other, part))
  }
  /** As the warehouse has it. */
  #nameOf(relation: Relation, part: 'schema' | 'identifier'): string {
    const name = relation[part] ?? ''
    if (this.#folding === 'none' || (this.#folding !== 'keep' && relation.quoted[part])) return name
    return this.#folding === 'upper' ? name.toUpperCase() : name.toLowerCase()
  }

  async hasSchema(database: string, schema: string): Promise<boolean> {
    let listing = this.#schemas.get(lower(database))
    if (!listing) {
      listing = this.#listing.schemas(database).then((names) => new Set(names.map((name) => name.toLowerCase())))
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
    const place: Place = this.#places.get(key) ?? new Map()
    this.#places.set(key, place)
    place.set(lower(relation.identifier), [...this.#others(relation), relation])
  }
  remove(relation: Relation): void {
    const place = this.#places.get(placeOf(relation.database, relation.schema))
    place?.set(lower(relation.identifier), this.#others(relation))
  }
  #others(relation: Relation): Relation[] {
    return this.#alike(relation).filter((other) => !this.#isSame(other, relation))
  }
  /** Forgets everything; the next question asks the warehouse. */
  clear(): void {
    this.#generation++
    this.#places.clear()
    this.#listed.clear()
    this.#schemas.clear()
  }

  #list(database: string | null, schema: string): Promise<void> {
    const key = placeOf(database, schema)
    let listing = this.#listed.get(key)
    if (!listing) {
      const generation = this.#generation
      listing = this.#listing.relations(database, schema).then((infos) => {
        if (generation !== this.#generation) return this.#list(database, schema)
        for (const { database, schema, identifier, type, format } of infos) {
          // As the warehouse has it, in whatever case, where that makes a difference.
          const quoted = this.#folding === 'keep' ? undefined : everyPart
          const found = Relation.create(this.#rules, { database, schema, identifier, type, format, quoted })
          if (!this.known(found)) this.add(found)
        }
        return undefined
      })
      this.#listed.set(key, listing)
      listing.catch(() => {
        if (generation === this.#generation) this.#listed.delete(key)
      })
    }
    return listing
  }
}
