/** A secret as the store has it: what it says, only who has the key can tell. */
export interface SealedSecret {
  readonly name: string
  readonly sealed: string
  readonly updatedAt: string
  /** Who set it last. */
  readonly updatedBy?: string | undefined
}

export interface NewSealedSecret extends Pick<SealedSecret, 'name' | 'sealed' | 'updatedBy'> {
  /** It may take the place of the one that has its name. */
  readonly mayReplace: boolean
}

/** A secret that was kept, and what was in its place. */
export interface KeptAfter extends Pick<SealedSecret, 'name' | 'sealed'> {
  readonly former?: SealedSecret | undefined
}

/** Secrets that the connections of the project name. */
export interface SecretStore {
  /** All of them, by name. */
  secrets(): Promise<readonly SealedSecret[]>
  /** Another text as soon as one of them was set or removed. @param patienceMs how long to wait for a store that is away */
  secretsVersion(options?: { readonly patienceMs?: number | undefined }): Promise<string>
  /** All of them or none: answers the names that others have, where nothing was kept for that. */
  keepSecrets(secrets: readonly NewSealedSecret[]): Promise<readonly string[]>
  /** Whether there was one. */
  removeSecret(name: string): Promise<boolean>
  /** Those that still are as they were kept become what they were before, or go where they were not there: all at once. */
  takeBackSecrets(secrets: readonly KeptAfter[]): Promise<void>
}
