import { z } from 'zod'

const names = z.array(z.string().min(1))
const texts = z.record(z.string().min(1), z.string())
/** As the cluster reads it. */
const object = z.record(z.string(), z.unknown())
const objects = z.array(object)
const resources = z.strictObject({ cpu: z.string().optional(), memory: z.string().optional() })

/** A duration: `5m`. */
const startTimeout = z.string().optional()
const ofImages = {
  start_timeout: startTimeout,
  image: z.string().min(1),
  /** How Millrace is started in the image. */
  command: z.array(z.string().min(1)).min(1).optional(),
  project_dir: z.string().optional(),
  labels: texts.optional(),
}

/** Where runs are executed, unless the engine does it itself. */
export const launcherSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('process'), start_timeout: startTimeout }),
  z.strictObject({
    type: z.literal('docker'),
    ...ofImages,
    command_line: z.string().min(1).optional(),
    env: names.optional(),
    network: z.string().optional(),
    cpus: z.number().positive().optional(),
    memory: z.string().optional(),
    volumes: names.optional(),
    user: z.string().optional(),
    image_pull_policy: z.enum(['always', 'missing', 'never']).optional(),
    metastore_url: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal('kubernetes'),
    ...ofImages,
    namespace: z.string().optional(),
    service_account: z.string().optional(),
    image_pull_policy: z.enum(['Always', 'IfNotPresent', 'Never']).optional(),
    image_pull_secrets: names.optional(),
    env_secrets: names.optional(),
    env_config_maps: names.optional(),
    secret_env: z.record(z.string().min(1), z.strictObject({ secret: z.string(), key: z.string() })).optional(),
    requests: resources.optional(),
    limits: resources.optional(),
    annotations: texts.optional(),
    node_selector: texts.optional(),
    tolerations: objects.optional(),
    pod_security_context: object.optional(),
    security_context: object.optional(),
    volumes: objects.optional(),
    volume_mounts: objects.optional(),
    ttl_seconds_after_finished: z.number().int().min(0).optional(),
    api_server: z.url({ protocol: /^https?$/ }).optional(),
    token: z.string().optional(),
    ca_file: z.string().optional(),
  }),
])
