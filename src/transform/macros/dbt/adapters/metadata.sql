{#- What stands in the warehouse. Each adapter writes its own; the defaults ask the information schema. -#}
{% macro information_schema_name(database) %}
  {{ return(adapter.dispatch('information_schema_name', 'dbt')(database)) }}
{% endmacro %}

{% macro default__information_schema_name(database) -%}
  {%- if database -%}
    {{ adapter.quote_as_configured(database, 'database') }}.INFORMATION_SCHEMA
  {%- else -%}
    INFORMATION_SCHEMA
  {%- endif -%}
{%- endmacro %}

{% macro list_schemas(database) -%}
  {{ return(adapter.dispatch('list_schemas', 'dbt')(database)) }}
{%- endmacro %}

{% macro default__list_schemas(database) %}
  {% set query %}
    select distinct schema_name
    from {{ information_schema_name(database) }}.SCHEMATA
    where lower(catalog_name) = lower({{ adapter.quote_literal(database) }})
  {% endset %}
  {% do return(run_query(query)) %}
{% endmacro %}

{% macro check_schema_exists(information_schema, schema) -%}
  {{ return(adapter.dispatch('check_schema_exists', 'dbt')(information_schema, schema)) }}
{%- endmacro %}

{% macro default__check_schema_exists(information_schema, schema) %}
  {% set query %}
    select count(*)
    from {{ information_schema.replace(information_schema_view='SCHEMATA') }}
    where catalog_name = {{ adapter.quote_literal(information_schema.database) }} and schema_name = {{ adapter.quote_literal(schema) }}
  {% endset %}
  {% do return(run_query(query)) %}
{% endmacro %}

{% macro list_relations_without_caching(schema_relation) %}
  {{ return(adapter.dispatch('list_relations_without_caching', 'dbt')(schema_relation)) }}
{% endmacro %}

{% macro default__list_relations_without_caching(schema_relation) %}
  {% do exceptions.raise_not_implemented('list_relations_without_caching is not written for the adapter ' ~ adapter.type()) %}
{% endmacro %}

{% macro get_catalog_relations(information_schema, relations) -%}
  {{ return(adapter.dispatch('get_catalog_relations', 'dbt')(information_schema, relations)) }}
{%- endmacro %}

{% macro default__get_catalog_relations(information_schema, relations) %}
  {% do exceptions.raise_not_implemented('get_catalog_relations is not written for the adapter ' ~ adapter.type()) %}
{% endmacro %}

{% macro get_catalog(information_schema, schemas) -%}
  {{ return(adapter.dispatch('get_catalog', 'dbt')(information_schema, schemas)) }}
{%- endmacro %}

{% macro default__get_catalog(information_schema, schemas) %}
  {% do exceptions.raise_not_implemented('get_catalog is not written for the adapter ' ~ adapter.type()) %}
{% endmacro %}

{% macro get_catalog_for_single_relation(relation) %}
  {{ return(adapter.dispatch('get_catalog_for_single_relation', 'dbt')(relation)) }}
{% endmacro %}

{% macro default__get_catalog_for_single_relation(relation) %}
  {% do exceptions.raise_not_implemented('get_catalog_for_single_relation is not written for the adapter ' ~ adapter.type()) %}
{% endmacro %}

{% macro get_relations() %}
  {{ return(adapter.dispatch('get_relations', 'dbt')()) }}
{% endmacro %}

{% macro default__get_relations() %}
  {% do exceptions.raise_not_implemented('get_relations is not written for the adapter ' ~ adapter.type()) %}
{% endmacro %}

{% macro get_relation_last_modified(information_schema, relations) %}
  {{ return(adapter.dispatch('get_relation_last_modified', 'dbt')(information_schema, relations)) }}
{% endmacro %}

{% macro default__get_relation_last_modified(information_schema, relations) %}
  {% do exceptions.raise_not_implemented('get_relation_last_modified is not written for the adapter ' ~ adapter.type()) %}
{% endmacro %}
