{% macro spark__snapshot_hash_arguments(args) -%}
  md5({%- for arg in args -%}coalesce(cast({{ arg }} as string), ''){{ " || '|' || " if not loop.last }}{%- endfor -%})
{%- endmacro %}

{% macro spark__snapshot_string_as_time(timestamp) -%}
  {{ return("to_timestamp('" ~ timestamp ~ "')") }}
{%- endmacro %}

{#- A view of the session has no schema, and Iceberg's catalogue takes no other views. -#}
{% macro spark__snapshot_merge_sql(target, source, insert_cols) -%}
  {{- _snapshot_merge(target, source.identifier if target.is_iceberg else source, '*') -}}
{%- endmacro %}

{#- No view of the session, so that its columns can be described. -#}
{% macro spark_build_snapshot_staging_table(strategy, sql, target_relation) %}
  {% set staging = api.Relation.create(
    schema=none if target_relation.is_iceberg else target_relation.schema,
    identifier=target_relation.identifier ~ '__dbt_tmp', type='view'
  ) %}
  {% call statement('build_snapshot_staging_relation') %}
    {{ create_view_as(staging, snapshot_staging_table(strategy, sql, target_relation)) }}
  {% endcall %}
  {% do return(staging) %}
{% endmacro %}

{% macro spark__post_snapshot(staging_relation) %}
  {% do adapter.drop_relation(staging_relation) %}
{% endmacro %}

{% macro spark__create_columns(relation, columns) %}
  {% if columns %}
    {% call statement() %}
      alter table {{ relation }} add columns (
        {%- for column in columns -%}
          {{ adapter.quote(column.name) }} {{ column.data_type }}{{ ', ' if not loop.last }}
        {%- endfor -%}
      )
    {% endcall %}
  {% endif %}
{% endmacro %}

{#- Rows of a snapshot are changed, which tables of plain files cannot do. -#}
{%- materialization snapshot, adapter='spark' -%}
  {%- set format = config.get('file_format') or 'parquet' -%}
  {%- set goal = this.incorporate(type='table') -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- if format not in ['delta', 'iceberg', 'hudi'] -%}
    {%- do exceptions.raise_compiler_error('Invalid file format: ' ~ format ~ "\nSnapshot functionality requires file_format be set to 'delta' or 'iceberg' or 'hudi'") -%}
  {%- elif existing is not none and not existing.is_table -%}
    {%- do exceptions.relation_wrong_type(existing, 'table') -%}
  {%- elif existing is not none and not (existing.is_delta or existing.is_iceberg or existing.is_hudi) -%}
    {%- do exceptions.raise_compiler_error('The existing table ' ~ existing ~ " is in another format than 'delta' or 'iceberg' or 'hudi'") -%}
  {%- endif -%}
  {%- set make_strategy = strategy_dispatch(config.get('strategy')) -%}
  {%- set strategy = make_strategy(model, 'snapshotted_data', 'source_data', model['config'], existing is not none) -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {% set staging = none %}
  {% if existing is none %}
    {% set final_sql = create_table_as(False, goal, build_snapshot_table(strategy, model['compiled_code'])) %}
  {% else %}
    {% do adapter.valid_snapshot_target(existing, snapshot_meta_columns()) %}
    {% set staging = spark_build_snapshot_staging_table(strategy, sql, existing) %}
    {% set final_sql = _snapshot_grown(strategy, staging, existing) %}
  {% endif %}
  {% call statement('main') %}
    {{ final_sql }}
  {% endcall %}

  {% do apply_grants(goal, config.get('grants'), should_revoke(existing, full_refresh_mode=False)) %}
  {% do persist_docs(goal, model) %}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {% if staging is not none %}
    {% do post_snapshot(staging) %}
  {% endif %}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [goal]}) }}
{%- endmaterialization -%}
