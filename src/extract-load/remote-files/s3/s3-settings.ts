import { z } from 'zod'
import { registerSecret } from '../../../base/index.js'
import type { S3Credentials } from './sign-request.js'

/** Where a bucket is, and who asks for it: the same of sources and destinations. */
export const s3Shape = {
  endpoint: z
    .string()
    .regex(/^https?:\/\//, 'is an address such as http://minio:9000')
    .optional(),
  region: z.string().min(1).optional(),
  access_key_id: z.string().min(1).optional(),
  secret_access_key: z.string().min(1).optional(),
  session_token: z.string().min(1).optional(),
}
export type S3Settings = z.output<z.ZodObject<typeof s3Shape>>

/** What people and forms are told about these settings. */
export const s3Properties = {
  endpoint: {
    type: 'string',
    title: 'Endpoint',
    description: "The address of a server that is not Amazon's.",
    order: 0,
    examples: ['http://minio:9000'],
  },
  region: {
    type: 'string',
    title: 'Region',
    description:
      "Where the bucket lies. Left out, AWS_REGION or AWS_DEFAULT_REGION of the environment, or us-east-1; where Amazon names another one, that one's.",
    order: 1,
    examples: ['eu-central-1'],
  },
  access_key_id: {
    type: 'string',
    title: 'Access key ID',
    description: 'Left out, AWS_ACCESS_KEY_ID of the environment.',
    order: 2,
    examples: ['AKIAIOSFODNN7EXAMPLE'],
  },
  secret_access_key: {
    type: 'string',
    title: 'Secret access key',
    description: 'Left out, AWS_SECRET_ACCESS_KEY of the environment.',
    airbyte_secret: true,
    order: 3,
    examples: ['${S3_SECRET}'],
  },
  session_token: {
    type: 'string',
    title: 'Session token',
    description: 'Of credentials that end. Left out together with the keys, AWS_SESSION_TOKEN of the environment.',
    airbyte_secret: true,
    order: 4,
    examples: ['${S3_TOKEN}'],
  },
}

type Environment = Readonly<Record<string, string | undefined>>

/** Where the bucket is. */
export const s3Place = ({ region, endpoint }: S3Settings, env: Environment = process.env) => ({
  region: region ?? (env.AWS_REGION || env.AWS_DEFAULT_REGION || 'us-east-1'),
  endpoint,
})

/**
 * Who asks: the keys of the settings, or else those of the environment.
 * @returns undefined where there are none, or only half of what is needed
 */
export function s3Credentials(settings: S3Settings, env: Environment = process.env): S3Credentials | undefined {
  const isNamed = settings.access_key_id !== undefined || settings.secret_access_key !== undefined
  const accessKeyId = isNamed ? settings.access_key_id : env.AWS_ACCESS_KEY_ID
  const secretAccessKey = isNamed ? settings.secret_access_key : env.AWS_SECRET_ACCESS_KEY
  const sessionToken = isNamed ? settings.session_token : (settings.session_token ?? env.AWS_SESSION_TOKEN)
  if (!accessKeyId || !secretAccessKey) return undefined
  // What the environment gives was not seen by whoever read the connection.
  registerSecret(secretAccessKey)
  if (sessionToken) registerSecret(sessionToken)
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) }
}

/** What to do where they are missing. */
export const s3KeyHint =
  'Set `access_key_id` and `secret_access_key` below `s3`, as variables of the environment: ${S3_SECRET}; or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.'
