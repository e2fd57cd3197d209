/** How a sender proves who it is. Names of headers are in small letters. */
export type WebhookProof =
  /** The secret itself. @param scheme what stands before it, as `Bearer` */
  | { readonly type: 'token'; readonly header: string; readonly scheme?: string | undefined }
  /** A signature of the body. */
  | {
      readonly type: 'hmac'
      readonly header: string
      readonly algorithm: 'sha1' | 'sha256' | 'sha512'
      readonly encoding: 'hex' | 'base64'
      readonly prefix: string
    }
  /** `Stripe-Signature: t=…,v1=…`, of time and body. */
  | { readonly type: 'stripe' }
  /** standardwebhooks.com: of id, time and body. */
  | { readonly type: 'standard' }

export interface WebhookSpec {
  /** The environment variable of the server that holds the secret. */
  readonly secret: string
  readonly proof: WebhookProof
  /** The headers of which the first that is there tells one delivery from another, also when it is sent again. */
  readonly idHeaders: readonly string[]
  /** The field of the body that does. */
  readonly idField?: string | undefined
  /** A header with a value that only tries whether somebody is there. */
  readonly ping?: readonly [header: string, value: string] | undefined
  /** Whether user code says what a delivery starts; otherwise each starts its target. */
  readonly isEvaluated: boolean
  readonly maxPerMinute: number
}
