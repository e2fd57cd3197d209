import { JinjaEnvironment } from '../../jinja/index.js'
import { textTypeFilters } from '../project/type-filters.js'
import { dbtBlockTags, macroVariable } from './block-tags.js'

const dialect = { blocks: dbtBlockTags, filters: textTypeFilters, macroVariable }

/** The dialect in which dbt's templates are parsed: a name that means nothing may come to mean something when they run. */
export const parseEnvironment = new JinjaEnvironment({ ...dialect, undefined: 'chainable' })

/** The dialect in which they run: such a name is an error as soon as more is asked of it. */
export const executionEnvironment = new JinjaEnvironment(dialect)
