import { z } from 'zod'
import { requestOptionSchema } from '../requests/request-option.js'
import { clampingSchema } from './clamping.js'
import { datetimeOrTextSchema } from './min-max-datetime.js'

export const datetimeBasedCursorSchema = z.looseObject({
  type: z.literal('DatetimeBasedCursor'),
  cursor_field: z.string(),
  datetime_format: z.string(),
  start_datetime: datetimeOrTextSchema,
  end_datetime: datetimeOrTextSchema.optional(),
  cursor_datetime_formats: z.array(z.string()).optional(),
  allow_catalog_defined_cursor_field: z.boolean().optional(),
  start_time_option: requestOptionSchema.optional(),
  end_time_option: requestOptionSchema.optional(),
  partition_field_start: z.string().optional(),
  partition_field_end: z.string().optional(),
  step: z.string().optional(),
  cursor_granularity: z.string().optional(),
  lookback_window: z.string().optional(),
  clamping: clampingSchema.optional(),
  is_data_feed: z.boolean().optional(),
  is_client_side_incremental: z.boolean().optional(),
  is_compare_strictly: z.boolean().optional(),
  global_substream_cursor: z.boolean().optional(),
})
