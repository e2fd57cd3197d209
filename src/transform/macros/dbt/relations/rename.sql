{% macro get_rename_sql(relation, new_name) -%}
  {{- log('Applying RENAME to: ' ~ relation) -}}
  {{ adapter.dispatch('get_rename_sql', 'dbt')(relation, new_name) }}
{%- endmacro %}

{% macro default__get_rename_sql(relation, new_name) -%}
  {%- if relation.is_view -%}
    {{ get_rename_view_sql(relation, new_name) }}
  {%- elif relation.is_table -%}
    {{ get_rename_table_sql(relation, new_name) }}
  {%- elif relation.is_materialized_view -%}
    {{ get_rename_materialized_view_sql(relation, new_name) }}
  {%- else -%}
    {%- do exceptions.raise_compiler_error('get_rename_sql is not written for relations of type ' ~ relation.type) -%}
  {%- endif -%}
{%- endmacro %}

{% macro rename_relation(from_relation, to_relation) -%}
  {{ return(adapter.dispatch('rename_relation', 'dbt')(from_relation, to_relation)) }}
{%- endmacro %}

{% macro default__rename_relation(from_relation, to_relation) -%}
  {% call statement('rename_relation') -%}
    alter table {{ from_relation.render() }} rename to {{ adapter.quote_as_configured(to_relation.identifier, 'identifier') }}
  {%- endcall %}
{%- endmacro %}

{% macro get_rename_table_sql(relation, new_name) %}
  {{ adapter.dispatch('get_rename_table_sql', 'dbt')(relation, new_name) }}
{% endmacro %}

{% macro default__get_rename_table_sql(relation, new_name) -%}
  {%- do exceptions.raise_compiler_error('get_rename_table_sql is not written for the adapter ' ~ adapter.type()) -%}
{%- endmacro %}

{% macro get_rename_view_sql(relation, new_name) %}
  {{ adapter.dispatch('get_rename_view_sql', 'dbt')(relation, new_name) }}
{% endmacro %}

{% macro default__get_rename_view_sql(relation, new_name) -%}
  {%- do exceptions.raise_compiler_error('get_rename_view_sql is not written for the adapter ' ~ adapter.type()) -%}
{%- endmacro %}

{% macro get_rename_materialized_view_sql(relation, new_name) %}
  {{ adapter.dispatch('get_rename_materialized_view_sql', 'dbt')(relation, new_name) }}
{% endmacro %}

{% macro default__get_rename_materialized_view_sql(relation, new_name) -%}
  {%- do exceptions.raise_compiler_error('get_rename_materialized_view_sql is not written for the adapter ' ~ adapter.type()) -%}
{%- endmacro %}
