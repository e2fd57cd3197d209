{#- Neighbours of a relation that a materialization works with. -#}
{% macro make_intermediate_relation(base_relation, suffix='__dbt_tmp') %}
  {% do return(adapter.dispatch('make_intermediate_relation', 'dbt')(base_relation, suffix)) %}
{% endmacro %}

{% macro default__make_intermediate_relation(base_relation, suffix) %}
  {% do return(default__make_temp_relation(base_relation, suffix)) %}
{% endmacro %}

{% macro make_temp_relation(base_relation, suffix='__dbt_tmp') %}
  {% do return(adapter.dispatch('make_temp_relation', 'dbt')(base_relation, suffix)) %}
{% endmacro %}

{% macro default__make_temp_relation(base_relation, suffix) %}
  {% do return(base_relation.incorporate(path={'identifier': base_relation.identifier ~ suffix})) %}
{% endmacro %}

{% macro make_backup_relation(base_relation, backup_relation_type, suffix='__dbt_backup') %}
  {% do return(adapter.dispatch('make_backup_relation', 'dbt')(base_relation, backup_relation_type, suffix)) %}
{% endmacro %}

{% macro default__make_backup_relation(base_relation, backup_relation_type, suffix) %}
  {% set name = base_relation.identifier ~ suffix %}
  {% do return(base_relation.incorporate(path={'identifier': name}, type=backup_relation_type)) %}
{% endmacro %}

{% macro truncate_relation(relation) -%}
  {{ return(adapter.dispatch('truncate_relation', 'dbt')(relation)) }}
{%- endmacro %}

{% macro default__truncate_relation(relation) -%}
  {% call statement('truncate_relation') -%}
    truncate table {{ relation.render() }}
  {%- endcall %}
{%- endmacro %}

{#- [exists, relation]: the relation as the warehouse has it, else one made from the names. -#}
{% macro get_or_create_relation(database, schema, identifier, type) -%}
  {{ return(adapter.dispatch('get_or_create_relation', 'dbt')(database, schema, identifier, type)) }}
{%- endmacro %}

{% macro default__get_or_create_relation(database, schema, identifier, type) %}
  {% set existing = adapter.get_relation(database=database, schema=schema, identifier=identifier) %}
  {% if existing is not none %}
    {% do return([true, existing]) %}
  {% endif %}
  {% do return([false, api.Relation.create(database=database, schema=schema, identifier=identifier, type=type)]) %}
{% endmacro %}

{% macro load_cached_relation(relation) %}
  {% do return(adapter.get_relation(database=relation.database, schema=relation.schema, identifier=relation.identifier)) %}
{% endmacro %}

{#- Older name of load_cached_relation. -#}
{% macro load_relation(relation) %}
  {% do return(load_cached_relation(relation)) %}
{% endmacro %}

{#- Whether the old relation stays beside the new one until the transaction has ended. -#}
{% macro keeps_backup_relation() -%}
  {{ return(adapter.dispatch('keeps_backup_relation', 'dbt')()) }}
{%- endmacro %}

{% macro default__keeps_backup_relation() -%}
  {{ return(true) }}
{%- endmacro %}
