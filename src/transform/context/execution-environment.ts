import { JinjaEnvironment } from '../../jinja/index.js'
import { textTypeFilters } from '../project/type-filters.js'
import { dbtBlockTags } from './block-tags.js'

/** The dialect in which dbt's templates run: a name that means nothing is an error as soon as more is asked of it. */
export const executionEnvironment = new JinjaEnvironment({ blocks: dbtBlockTags, filters: textTypeFilters })
