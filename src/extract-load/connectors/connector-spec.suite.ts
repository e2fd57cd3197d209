import { expect, it } from 'vitest'
import type { z } from 'zod'

/** A setting as a connector's `spec` tells of it. */
interface SpecProperty {
  readonly title?: string
  readonly description?: string
  readonly examples?: readonly unknown[]
  readonly properties?: Readonly<Record<string, SpecProperty>>
}

export interface SpecObject {
  readonly properties: Readonly<Record<string, SpecProperty>>
  readonly required: readonly string[]
}

/** What is told of settings is what the schema holds them to. @param base the least that the schema accepts */
export function holdsToSchema({ properties, required }: SpecObject, schema: z.ZodObject, base: object): void {
  it('names exactly the settings that are accepted', () => {
    expect(Object.keys(properties).sort()).toEqual(Object.keys(schema.shape).sort())
    const needed = Object.entries(schema.shape).filter(([, one]) => !(one as z.ZodType).safeParse(undefined).success)
    expect([...required].sort()).toEqual(needed.map(([name]) => name).sort())
  })
  it.each(Object.entries(properties))(
    '%s has a title, a description and examples that are accepted',
    (name, property) => {
      expect(property).toMatchObject({ title: expect.any(String), description: expect.any(String) })
      expect(property.examples?.length).toBeGreaterThan(0)
      for (const example of property.examples ?? [])
        expect(schema.safeParse({ ...base, [name]: example }).success).toBe(true)
    },
  )
}
