{%- materialization view, adapter='bigquery' -%}
  {% set result = bigquery__create_or_replace_view() %}
  {% do persist_docs(this.incorporate(type='view'), model) %}
  {% for other in config.get('grant_access_to') or [] %}
    {% do adapter.grant_access_to(this, 'view', none, other) %}
  {% endfor %}
  {% do return(result) %}
{%- endmaterialization -%}

{% macro bigquery__create_or_replace_view() %}
  {%- set name = model['alias'] -%}
  {%- set existing = adapter.get_relation(database=database, schema=schema, identifier=name) -%}
  {%- set goal = api.Relation.create(database=database, schema=schema, identifier=name, type='view') -%}
  {{ run_hooks(pre_hooks) }}
  {%- if existing is not none and not existing.is_view -%}
    {{ handle_existing_table(should_full_refresh(), existing) }}
  {%- endif -%}
  {% call statement('main') -%}
    {{ get_create_view_as_sql(goal, sql) }}
  {%- endcall %}
  {% set was_view = existing is not none and existing.is_view %}
  {% do apply_grants(goal, config.get('grants'), should_revoke=should_revoke(was_view, full_refresh_mode=True)) %}
  {{ run_hooks(post_hooks) }}
  {% do return({'relations': [goal]}) %}
{% endmacro %}

{#- A table is replaced at once, unless it lies in other partitions or clusters: that one has to go first. -#}
{%- materialization table, adapter='bigquery' -%}
  {%- set existing = adapter.get_relation(database=database, schema=schema, identifier=model['alias']) -%}
  {%- set goal = api.Relation.create(database=database, schema=schema, identifier=model['alias'], type='table') -%}
  {{ run_hooks(pre_hooks) }}
  {%- if existing is not none and not existing.is_table -%}
    {% do adapter.drop_relation(existing) %}
    {%- set existing = none -%}
  {%- endif -%}
  {{ drop_unless_replaceable(existing) }}
  {%- call statement('main') -%}
    {{ create_table_as(False, goal, compiled_code) }}
  {%- endcall -%}
  {{ run_hooks(post_hooks) }}
  {% do apply_grants(goal, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) %}
  {% do persist_docs(goal, model) %}
  {% do return({'relations': [goal]}) %}
{%- endmaterialization -%}

{% macro drop_unless_replaceable(existing) %}
  {% set partition = adapter.parse_partition_by(config.get('partition_by', none)) %}
  {% if not adapter.is_replaceable(existing, partition, config.get('cluster_by', none)) %}
    {% do log('Hard refreshing ' ~ existing ~ ' because it is not replaceable') %}
    {% do adapter.drop_relation(existing) %}
  {% endif %}
{% endmacro %}

{%- materialization materialized_view, adapter='bigquery' -%}
  {% set result = materialization_materialized_view_default() %}
  {% for other in config.get('grant_access_to') or [] %}
    {% do adapter.grant_access_to(this, 'view', none, other) %}
  {% endfor %}
  {% do return(result) %}
{%- endmaterialization -%}

{% macro bigquery__get_create_materialized_view_as_sql(relation, sql) %}
  create materialized view if not exists {{ relation }}
  {{ materialized_view_layout() }}
  as {{ sql }}
{% endmacro %}

{% macro bigquery__get_replace_materialized_view_as_sql(relation, sql) %}
  create or replace materialized view {{ relation }}
  {{ materialized_view_layout() }}
  as {{ sql }}
{% endmacro %}

{% macro materialized_view_layout() %}
  {{ partition_by(adapter.parse_partition_by(config.get('partition_by', none))) }}
  {{ cluster_by(config.get('cluster_by', none)) }}
  {{ bigquery_options(adapter.get_materialized_view_options(config, model)) }}
{% endmacro %}

{% macro bigquery__get_alter_materialized_view_as_sql(relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation) %}
  {% if configuration_changes.requires_full_refresh %}
    {{ get_replace_sql(existing_relation, relation, sql) }}
  {% else %}
    alter materialized view {{ relation }} set {{ bigquery_options(configuration_changes.options.context) }}
  {%- endif %}
{% endmacro %}

{% macro bigquery__get_materialized_view_configuration_changes(existing_relation, new_config) %}
  {% do return(existing_relation.get_materialized_view_config_change_collection(adapter.get_bq_table(existing_relation), model)) %}
{% endmacro %}

{% macro bigquery__refresh_materialized_view(relation) %}
  call bq.refresh_materialized_view('{{ relation.database }}.{{ relation.schema }}.{{ relation.identifier }}')
{% endmacro %}

{#- A table that is a copy of what the model refers to, made without reading a row. -#}
{%- materialization copy, adapter='bigquery' -%}
  {{ run_hooks(pre_hooks) }}
  {%- set goal = this.incorporate(type='table') -%}
  {%- set sources = [] -%}
  {%- for other in model.refs -%}
    {%- do sources.append(ref(other.get('package'), other.name, version=other.get('version'))) if other.get('package') else sources.append(ref(other.name, version=other.get('version'))) -%}
  {%- endfor -%}
  {%- for other in model.sources -%}
    {%- do sources.append(source(*other)) -%}
  {%- endfor -%}
  {%- set message = adapter.copy_table(sources, goal, config.get('copy_materialization', default='table')) -%}
  {{ store_result('main', response=message) }}
  {{ run_hooks(post_hooks) }}
  {% do apply_grants(goal, config.get('grants'), should_revoke=False) %}
  {{ adapter.commit() }}
  {% do return({'relations': [goal]}) %}
{%- endmaterialization -%}
