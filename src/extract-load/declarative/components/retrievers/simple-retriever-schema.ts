import { z } from 'zod'
import { part } from '../../component.js'
import { pageSizeReductionSchema } from './page-size-reduction.js'
import { paginationResetSchema } from './pagination-reset.js'
import { requestWindowSplittingSchema } from './request-window-splitting.js'

export const simpleRetrieverSchema = z.looseObject({
  requester: part('requester'),
  record_selector: part('record_selector'),
  decoder: part('decoder').optional(),
  paginator: part('paginator').optional(),
  pagination_reset: paginationResetSchema.optional(),
  page_size_reduction: pageSizeReductionSchema.optional(),
  request_window_splitting: requestWindowSplittingSchema.optional(),
  ignore_stream_slicer_parameters_on_paginated_requests: z.boolean().optional(),
  partition_router: z.union([part('partition_router'), z.array(part('partition_router'))]).optional(),
})

export type SimpleRetrieverDefinition = z.output<typeof simpleRetrieverSchema>
