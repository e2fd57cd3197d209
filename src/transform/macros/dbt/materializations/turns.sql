{#- Called in the transaction that adds rows: where two builds could both add the same ones, the second waits for the first to commit. -#}
{% macro wait_for_other_builds(relation) %}
  {% do adapter.dispatch('wait_for_other_builds', 'dbt')(relation) %}
{% endmacro %}
{% macro default__wait_for_other_builds(relation) %}
{% endmacro %}
