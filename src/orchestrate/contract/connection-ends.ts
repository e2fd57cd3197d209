/** A source or a destination that a client of Airbyte made by itself: connections are made of them later. */
export interface ConnectionEnd {
  /** A UUID. */
  readonly id: string
  readonly kind: 'source' | 'destination'
  /** As whoever made it calls it. */
  readonly name: string
  readonly connector: string
  /** Names of variables stand in the place of secrets. */
  readonly config: Readonly<Record<string, unknown>>
  /** Where a destination makes its tables. */
  readonly schema?: string | undefined
  readonly createdAt: string
}

/** Which of them a connection was made of. */
export interface JoinedEnds {
  readonly connection: string
  readonly sourceId?: string | undefined
  readonly destinationId?: string | undefined
}
