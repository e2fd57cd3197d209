{#- The rows of one batch anew: those that are there go, those that the query gives come. -#}
{% macro duckdb__get_incremental_microbatch_sql(arg_dict) %}
  {%- if config.get('unique_key') -%}
    {%- do exceptions.raise_compiler_error("microbatch does not support 'unique_key': it replaces all rows of a batch. Leave it out, or use the strategy merge.") -%}
  {%- endif -%}
  {%- set batch = model.get('batch') -%}
  {%- if not batch -%}
    {%- do exceptions.raise_compiler_error('microbatch needs model.batch, which only a run batch by batch has.') -%}
  {%- endif -%}
  {%- set event_time = config.require('event_time') -%}
  {%- set within = event_time ~ " >= '" ~ batch.event_time_start ~ "' and " ~ event_time ~ " < '" ~ batch.event_time_end ~ "'" -%}
  {%- set names = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
  {%- set predicates = arg_dict['incremental_predicates'] or [] -%}
  delete from {{ arg_dict['target_relation'] }}
  where {{ within }}
  {%- for predicate in ([predicates] if predicates is string else predicates) %}
    and ({{ predicate }})
  {%- endfor %};

  insert into {{ arg_dict['target_relation'] }} ({{ names }})
  select {{ names }} from {{ arg_dict['temp_relation'] }}
  where {{ within }}
{% endmacro %}
