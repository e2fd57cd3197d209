{#- Replacing one relation by another, with an intermediate and a backup where the engine has no own way. -#}
{% macro get_replace_sql(existing_relation, target_relation, sql) %}
  {{- log('Applying REPLACE to: ' ~ existing_relation) -}}
  {{ return(adapter.dispatch('get_replace_sql', 'dbt')(existing_relation, target_relation, sql)) }}
{% endmacro %}

{% macro default__get_replace_sql(existing_relation, target_relation, sql) -%}
  {%- set same_kind = existing_relation.type == target_relation.type -%}
  {%- if same_kind and target_relation.is_table and target_relation.can_be_replaced -%}
    {{ get_replace_table_sql(target_relation, sql) }}
  {%- elif same_kind and target_relation.is_view and target_relation.can_be_replaced -%}
    {{ get_replace_view_sql(target_relation, sql) }}
  {%- elif same_kind and target_relation.is_materialized_view and target_relation.can_be_replaced -%}
    {{ get_replace_materialized_view_sql(target_relation, sql) }}
  {%- else -%}
    {%- set steps = [] -%}
    {%- if target_relation.can_be_renamed -%}
      {%- do steps.append(get_create_intermediate_sql(target_relation, sql)) -%}
    {%- endif -%}
    {%- if existing_relation.can_be_renamed -%}
      {%- do steps.append(get_create_backup_sql(existing_relation)) -%}
    {%- else -%}
      {%- do steps.append(get_drop_sql(existing_relation)) -%}
    {%- endif -%}
    {%- if target_relation.can_be_renamed -%}
      {%- do steps.append(get_rename_intermediate_sql(target_relation)) -%}
    {%- else -%}
      {%- do steps.append(get_create_sql(target_relation, sql)) -%}
    {%- endif -%}
    {%- if existing_relation.can_be_renamed -%}
      {%- do steps.append(get_drop_backup_sql(existing_relation)) -%}
    {%- endif -%}
    {{ steps | join(';\n') }}
  {%- endif -%}
{%- endmacro %}

{% macro get_create_intermediate_sql(relation, sql) -%}
  {{- log('Applying CREATE INTERMEDIATE to: ' ~ relation) -}}
  {{ adapter.dispatch('get_create_intermediate_sql', 'dbt')(relation, sql) }}
{%- endmacro %}

{% macro default__get_create_intermediate_sql(relation, sql) -%}
  {%- set intermediate = make_intermediate_relation(relation) -%}
  {{ get_drop_sql(intermediate) }};
  {{ get_create_sql(intermediate, sql) }}
{%- endmacro %}

{% macro get_rename_intermediate_sql(relation) -%}
  {{- log('Applying RENAME INTERMEDIATE to: ' ~ relation) -}}
  {{ adapter.dispatch('get_rename_intermediate_sql', 'dbt')(relation) }}
{%- endmacro %}

{% macro default__get_rename_intermediate_sql(relation) -%}
  {{ get_rename_sql(make_intermediate_relation(relation), relation.identifier) }}
{%- endmacro %}

{% macro get_create_backup_sql(relation) -%}
  {{- log('Applying CREATE BACKUP to: ' ~ relation) -}}
  {{ adapter.dispatch('get_create_backup_sql', 'dbt')(relation) }}
{%- endmacro %}

{% macro default__get_create_backup_sql(relation) -%}
  {%- set backup = make_backup_relation(relation, relation.type) -%}
  {{ get_drop_sql(backup) }};
  {{ get_rename_sql(relation, backup.identifier) }}
{%- endmacro %}

{% macro get_drop_backup_sql(relation) -%}
  {{- log('Applying DROP BACKUP to: ' ~ relation) -}}
  {{ adapter.dispatch('get_drop_backup_sql', 'dbt')(relation) }}
{%- endmacro %}

{% macro default__get_drop_backup_sql(relation) -%}
  {{ get_drop_sql(make_backup_relation(relation, relation.type)) }}
{%- endmacro %}

{% macro get_replace_table_sql(relation, sql) %}
  {{ adapter.dispatch('get_replace_table_sql', 'dbt')(relation, sql) }}
{% endmacro %}

{% macro default__get_replace_table_sql(relation, sql) -%}
  {%- do exceptions.raise_compiler_error('get_replace_table_sql is not written for the adapter ' ~ adapter.type()) -%}
{%- endmacro %}

{% macro get_replace_view_sql(relation, sql) %}
  {{ adapter.dispatch('get_replace_view_sql', 'dbt')(relation, sql) }}
{% endmacro %}

{% macro default__get_replace_view_sql(relation, sql) -%}
  {%- do exceptions.raise_compiler_error('get_replace_view_sql is not written for the adapter ' ~ adapter.type()) -%}
{%- endmacro %}

{% macro get_replace_materialized_view_sql(relation, sql) %}
  {{ adapter.dispatch('get_replace_materialized_view_sql', 'dbt')(relation, sql) }}
{% endmacro %}

{% macro default__get_replace_materialized_view_sql(relation, sql) -%}
  {%- do exceptions.raise_compiler_error('get_replace_materialized_view_sql is not written for the adapter ' ~ adapter.type()) -%}
{%- endmacro %}
