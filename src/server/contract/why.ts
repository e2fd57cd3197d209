import { z } from 'zod'

/** Where a reason leads to. */
export const whyLinkSchema = z.discriminatedUnion('to', [
  z.object({ to: z.literal('run'), id: z.string() }),
  z.object({ to: z.literal('asset'), key: z.string(), tab: z.string().optional() }),
  z.object({ to: z.literal('automation'), name: z.string() }),
  z.object({ to: z.literal('deployment') }),
  z.object({ to: z.literal('overview') }),
])
export type WhyLink = z.infer<typeof whyLinkSchema>

export const whyReasonSchema = z.object({
  /** `holds` keeps it from being made, `waits` will make it, `tells` only explains. */
  weight: z.enum(['holds', 'waits', 'tells']),
  /** One sentence. */
  text: z.string(),
  at: z.string().optional(),
  link: whyLinkSchema.optional(),
})
export type WhyReason = z.infer<typeof whyReasonSchema>

/** GET /api/assets/:key/why · why it was, or was not, made: the first reason first. */
export const assetWhySchema = z.object({ reasons: z.array(whyReasonSchema) })
export type AssetWhy = z.infer<typeof assetWhySchema>
