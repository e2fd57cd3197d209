{#-
  DuckDB changes its catalog within a transaction, so the old relation goes in the same transaction that brings the new
  one, with no backup between.
-#}
{%- materialization table, adapter='duckdb', supported_languages=['sql'] -%}
  {%- set goal = this.incorporate(type='table') -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set intermediate = make_intermediate_relation(goal) -%}
  {%- set stale = load_cached_relation(intermediate) -%}

  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ drop_relation_if_exists(stale) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {% set partitioned_by = duckdb__get_partitioned_by(goal, False) %}
  {% set sorted_by = duckdb__get_sorted_by(goal, False) %}
  {% call statement('main') -%}
    {{ create_table_as(False, intermediate, sql, partitioned_by=partitioned_by, sorted_by=sorted_by) }}
  {%- endcall %}

  {{ publish_table(intermediate, goal, existing) }}

  {{ return({'relations': [goal]}) }}
{%- endmaterialization -%}

{% macro duckdb__keeps_backup_relation() -%}
  {{ return(false) }}
{%- endmacro %}
